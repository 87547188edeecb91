"""Every word of the engine, in English, by code.

The engine never translates: it gives back message ids (`Reason` in card.py) and the faces translate them when they are
shown. `gettext_noop` here is that marker and nothing more: it returns its text as it is, and it carries the name that
`makemessages` looks for, so that the texts reach the catalogue although no Django is imported. Texts with placeholders are
%-formatted: a per cent sign in them is doubled.
"""

import re
from collections.abc import Callable

from tdap_portal.core.marks import gettext_noop

CRITERIA = {
    "sector_priority": gettext_noop("Sector priority"),
    "export_experience": gettext_noop("Export experience"),
    "market_diversification": gettext_noop("Market diversification"),
    "product_evidence": gettext_noop("Trade evidence for your product"),
    "price_position": gettext_noop("Price position against China and India"),
    "platform_demand": gettext_noop("Demand on the platform"),
    "capacity": gettext_noop("Capacity"),
    "certifications": gettext_noop("Certifications"),
    "digital_readiness": gettext_noop("Digital readiness"),
    "payment_readiness": gettext_noop("Payment readiness"),
    "women": gettext_noop("Led by women"),
    "province": gettext_noop("Province"),
}

GATES = {
    "identity": gettext_noop("Registered for tax, or a sole proprietor with a CNIC"),
    "size": gettext_noop("A small or medium firm by the rule in force"),
    "sector": gettext_noop("A priority sector"),
    "carpets": gettext_noop("A maker of carpets or rugs"),
    "services": gettext_noop("A seller of services"),
    "export_presence": gettext_noop("Exports, or supply to an export house"),
    "young_firm": gettext_noop("A start-up"),
}

SCALES = {
    "papers": gettext_noop("Counts little until a paper backs it, and in full once it is verified."),
    "plain_to_see": gettext_noop("Counts in part until it is verified."),
}
"""What a scale of evidence asks for, by its code."""

MET = {
    "tax_number": gettext_noop("You are registered for tax."),
    "sole_proprietor": gettext_noop("You are a sole proprietor and we hold your CNIC."),
    "sme": gettext_noop("You are a small or medium firm by the rule in force."),
    "any_sector": gettext_noop("Your firm works in a priority sector."),
    "carpet_maker": gettext_noop("Your firm makes carpets or rugs."),
    "service_sector": gettext_noop("Your firm works in a services sector."),
    "service_list": gettext_noop("Your firm sells services."),
    "exporter": gettext_noop("Your firm exports, or supplies an export house."),
    "direct_exporter": gettext_noop("Your firm exports directly."),
    "house_supplier": gettext_noop("Your firm supplies an export house."),
    "past_exports": gettext_noop("Your firm has exported in the last years."),
    "startup_class": gettext_noop("Your firm is a start-up by the rule in force."),
    "startup_age": gettext_noop("Your firm is young enough to be a start-up."),
}
"""Said when a way through a gate is met, by the code of that way."""

TO_MEET = {
    "tax_number": gettext_noop("Register with the Federal Board of Revenue and give us your NTN."),
    "sole_proprietor": gettext_noop("Give us your CNIC number: it is enough for a sole proprietor."),
    "sme": gettext_noop("The programme is for firms with yearly sales inside the limit for small and medium firms."),
    "any_sector": gettext_noop("This track is for the priority sectors; your main product decides which is yours."),
    "carpet_maker": gettext_noop("This track is for makers of carpets and rugs (HS chapter 57)."),
    "service_sector": gettext_noop("This track is for firms that sell services: add those that you sell."),
    "service_list": gettext_noop("Add the services that you sell to your profile."),
    "exporter": gettext_noop("Tell us of your exports, or name the export house that you supply."),
    "direct_exporter": gettext_noop("Tell us of your exports, or name the export house that you supply."),
    "house_supplier": gettext_noop("Name the export house that you supply, and send its letter."),
    "past_exports": gettext_noop("Enter your exports of the last years, with their papers."),
    "startup_class": gettext_noop("This track is for young firms."),
    "startup_age": gettext_noop("Firms up to %(limit)s years old can use this track."),
}
"""What would meet a way through a gate, by the code of that way. No sentence sends to another track: whether that one is open,
the gate does not know, and the pages that ask all tracks say it."""

FORMER = (
    gettext_noop("You have not told us your sector."),
    gettext_noop("Choose the priority sector that your main product or service belongs to."),
    gettext_noop("This track is for carpets and rugs (HS chapter 57): apply on the general track."),
    gettext_noop("This track is for services: apply on the general track, or add your services."),
    gettext_noop("Tell us of your exports, or name the export house that you supply, or apply on the start-up track."),
    gettext_noop("This track is for young firms: apply on the general track."),
    gettext_noop("Firms up to %(limit)s years old can use this track: apply on the general track."),
)
"""Sentences that stand on kept cards and are written no more; the catalogue keeps them, so that those cards stay readable."""

# How a measure is said. "yes" and "no" for flags, "told" for numbers and for texts without a sentence of their own,
# a value's code for that value, "missing" where nothing is known.
MEASURES: dict[str, dict[str, str]] = {
    "sector": {
        "other": gettext_noop("What you make is in none of the priority sectors."),
        "told": gettext_noop("Your sector: %(value)s."),
        "missing": gettext_noop(
            "We know of no priority sector of yours: you named none, or your main product is in none."
        ),
    },
    "province": {
        "told": gettext_noop("Your province: %(value)s."),
        "missing": gettext_noop("You have not told us your province."),
    },
    "legal_form": {
        "told": gettext_noop("Your legal form is on file."),
        "missing": gettext_noop("You have not told us your legal form."),
    },
    "size_class": {
        "unknown": gettext_noop("We do not know your size: tell us your sales of the last closed fiscal year."),
        "too_large": gettext_noop("Your sales are above the limit for small and medium firms."),
        "told": gettext_noop("Your size class is on file."),
        "missing": gettext_noop("We do not know your size: tell us your sales of the last closed fiscal year."),
    },
    "age_years": {
        "told": gettext_noop("Age of your firm in years: %(value)s."),
        "missing": gettext_noop("You have not told us when your firm was founded."),
    },
    "tax_registered": {
        "yes": gettext_noop("You are registered for tax."),
        "no": gettext_noop("You are not registered for tax."),
        "missing": gettext_noop("You have not told us whether you are registered for tax."),
    },
    "owner_cnic_held": {
        "yes": gettext_noop("We hold the owner’s CNIC."),
        "no": gettext_noop("We do not hold the owner’s CNIC."),
        "missing": gettext_noop("We do not hold the owner’s CNIC."),
    },
    "services_count": {
        "told": gettext_noop("Services that you sell: %(value)s."),
        "missing": gettext_noop("You have not told us whether you sell services."),
    },
    "export_value_usd": {
        "told": gettext_noop("Best export year of the last three: USD %(value)s."),
        "missing": gettext_noop("You have not told us the value of your exports."),
    },
    "export_years": {
        "told": gettext_noop("Years with exports: %(value)s."),
        "missing": gettext_noop("You have not told us in which years you exported."),
    },
    "export_route": {
        "none": gettext_noop("You do not export yet."),
        "export_house": gettext_noop("You export through an export house."),
        "direct": gettext_noop("You export directly."),
        "told": gettext_noop("Your way of exporting is on file."),
        "missing": gettext_noop("You have not told us how you export."),
    },
    "export_house_named": {
        "yes": gettext_noop("You have named the export house that you supply."),
        "no": gettext_noop("You have not named the export house that you supply."),
        "missing": gettext_noop("You have not named the export house that you supply."),
    },
    "export_markets_count": {
        "told": gettext_noop("Countries you sell to: %(value)s."),
        "missing": gettext_noop("You have not told us which countries you sell to."),
    },
    "target_markets_count": {
        "told": gettext_noop("Countries you want to sell to: %(value)s."),
        "missing": gettext_noop("You have not told us which countries you want to sell to."),
    },
    "employees": {
        "told": gettext_noop("People who work in your firm: %(value)s."),
        "missing": gettext_noop("You have not told us how many people work in your firm."),
    },
    "spare_capacity_pct": {
        "told": gettext_noop("Free capacity for new orders: %(value)s %%."),
        "missing": gettext_noop("You have not told us how much of your capacity is in use."),
    },
    "lead_time_days": {
        "told": gettext_noop("Days from order to delivery: %(value)s."),
        "missing": gettext_noop("You have not told us how many days an order takes."),
    },
    "quality_control": {
        "none": gettext_noop("Nobody checks the quality of your goods yet."),
        "own": gettext_noop("Your own people check the quality."),
        "third_party": gettext_noop("An independent inspector checks the quality."),
        "told": gettext_noop("Your quality control is on file."),
        "missing": gettext_noop("You have not told us who checks the quality of your goods."),
    },
    "certificates_in_force": {
        "told": gettext_noop("Certificates in force: %(value)s."),
        "missing": gettext_noop("You have not told us which certificates you hold."),
    },
    "certificates_dated": {
        "told": gettext_noop("Certificates in force, with their last day: %(value)s."),
        "missing": gettext_noop("You have not told us which certificates you hold."),
    },
    "certificates_verified": {
        "told": gettext_noop("Certificates in force that we have verified: %(value)s."),
        "missing": gettext_noop("We have no certificate of yours to verify."),
    },
    "website": {
        "yes": gettext_noop("You have a website."),
        "no": gettext_noop("You have no website."),
        "missing": gettext_noop("You have not told us whether you have a website."),
    },
    "catalogue_products": {
        "told": gettext_noop("Products in your online catalogue: %(value)s."),
        "missing": gettext_noop("You have not told us how many products your online catalogue has."),
    },
    "product_photos": {
        "yes": gettext_noop("You have photographs of your products."),
        "no": gettext_noop("You have no photographs of your products."),
        "missing": gettext_noop("You have not told us whether you have photographs of your products."),
    },
    "ecommerce_staff": {
        "told": gettext_noop("People who look after online sales: %(value)s."),
        "missing": gettext_noop("You have not told us how many people look after online sales."),
    },
    "english_staff": {
        "yes": gettext_noop("Someone in your firm writes English to buyers."),
        "no": gettext_noop("Nobody in your firm writes English to buyers."),
        "missing": gettext_noop("You have not told us whether someone writes English to buyers."),
    },
    "internet": {
        "none": gettext_noop("You have no internet connection."),
        "mobile": gettext_noop("You are online by mobile phone."),
        "broadband": gettext_noop("You have a broadband connection."),
        "told": gettext_noop("Your internet connection is on file."),
        "missing": gettext_noop("You have not told us how you are connected to the internet."),
    },
    "channels_count": {
        "told": gettext_noop("Online shops and marketplaces you sell on: %(value)s."),
        "missing": gettext_noop("You have not told us where you sell online."),
    },
    "bank_account_named": {
        "yes": gettext_noop("You have named a bank account."),
        "no": gettext_noop("You have not named a bank account."),
        "missing": gettext_noop("You have not named a bank account."),
    },
    "bank_account_verified": {
        "yes": gettext_noop("Your bank account is verified."),
        "no": gettext_noop("Your bank account is not verified."),
        "missing": gettext_noop("Your bank account is not verified."),
    },
    "foreign_currency_account": {
        "yes": gettext_noop("You have a foreign currency account."),
        "no": gettext_noop("You have no foreign currency account."),
        "missing": gettext_noop("You have not told us whether you have a foreign currency account."),
    },
    "card_payments": {
        "yes": gettext_noop("You can take cards."),
        "no": gettext_noop("You cannot take cards."),
        "missing": gettext_noop("You have not told us whether you can take cards."),
    },
    "wallet": {
        "yes": gettext_noop("You have a mobile wallet."),
        "no": gettext_noop("You have no mobile wallet."),
        "missing": gettext_noop("You have not told us whether you have a mobile wallet."),
    },
    "paypal_like_service": {
        "yes": gettext_noop("You use an online payment service for buyers abroad."),
        "no": gettext_noop("You use no online payment service for buyers abroad."),
        "missing": gettext_noop("You have not told us whether you use an online payment service."),
    },
    "women_led": {
        "yes": gettext_noop("Your firm is led by a woman."),
        "no": gettext_noop("Your firm is not led by a woman."),
        "missing": gettext_noop("You have not told us whether a woman leads your firm."),
    },
    "women_employees": {
        "told": gettext_noop("Women who work in your firm: %(value)s."),
        "missing": gettext_noop("You have not told us how many women work in your firm."),
    },
    "youth_led": {
        "yes": gettext_noop("Your firm is led by a young person."),
        "no": gettext_noop("Your firm is not led by a young person."),
        "missing": gettext_noop("You have not told us whether a young person leads your firm."),
    },
    "rca": {
        "told": gettext_noop("Pakistan’s advantage in your product (1 is the world’s average): %(value)s, %(period)s."),
        "missing": gettext_noop("No figure for Pakistan’s advantage in your product. %(why)s"),
    },
    "world_import_growth": {
        "told": gettext_noop("World exports of your product changed by %(value)s %% a year, %(period)s."),
        "missing": gettext_noop("No figure for the growth of world exports of your product. %(why)s"),
    },
    "relative_demand_growth": {
        "told": gettext_noop(
            "World demand for your product grew by %(value)s %% a year more than for all goods, %(period)s."
        ),
        "missing": gettext_noop("No figure for the demand for your product beside that for all goods. %(why)s"),
    },
    "market_share": {
        "told": gettext_noop("Pakistan’s share of world trade in your product: %(value)s %%, %(period)s."),
        "missing": gettext_noop("No figure for Pakistan’s share in your product. %(why)s"),
    },
    "market_share_growth": {
        "told": gettext_noop("Pakistan’s share in your product changed by %(value)s %% a year, %(period)s."),
        "missing": gettext_noop("No figure for the change of Pakistan’s share in your product. %(why)s"),
    },
    "concentration_hhi": {
        "told": gettext_noop("Concentration of buyers of your product (1 is a single country): %(value)s, %(period)s."),
        "missing": gettext_noop("No figure for the concentration of buyers of your product. %(why)s"),
    },
    "unit_value_gap_china": {
        "told": gettext_noop("Pakistan’s price for your product against China’s: %(value)s %%, %(period)s."),
        "missing": gettext_noop("No price comparison with China for your product. %(why)s"),
    },
    "unit_value_gap_india": {
        "told": gettext_noop("Pakistan’s price for your product against India’s: %(value)s %%, %(period)s."),
        "missing": gettext_noop("No price comparison with India for your product. %(why)s"),
    },
    "platform_demand": {
        "told": gettext_noop(
            "Buyers’ requests a year on the platform for each active supplier: %(value)s, %(period)s."
        ),
        "missing": gettext_noop("No figure for buyers’ requests on the platform. %(why)s"),
    },
    "platform_searches_growth": {
        "told": gettext_noop("Searches for your product on the platform changed by %(value)s %% a year, %(period)s."),
        "missing": gettext_noop("No figure for searches on the platform. %(why)s"),
    },
}

NO_FIGURE = gettext_noop("There is no such figure in the evidence.")
NEUTRAL_GIVEN = gettext_noop("A missing national figure does not count against you: this part was scored neutrally.")
PART_GIVEN = gettext_noop(
    "Where there is no figure, a part is given: %(share)s %% of the points that the figure could win."
)
REST_COUNTED = gettext_noop("The figures that there are were counted in full; the missing one was left out.")
FROM_APPLICATION = gettext_noop("Your application, as frozen on %(day)s %(month)s %(year)s.")
FROM_APPLICATION_UNDATED = gettext_noop("Your application, as frozen.")
FROM_FIGURE = gettext_noop("%(source)s, %(period)s, loaded %(vintage)s.")

WAYS = {
    "photographs": gettext_noop("Photograph your products and add the pictures."),
    "online_catalogue": gettext_noop("Put ten products in an online catalogue, with size, price and delivery time."),
    "website": gettext_noop("Open a simple website with your products and how to reach you."),
    "ecommerce_person": gettext_noop("Make one person responsible for online sales."),
    "english_writer": gettext_noop("Name someone who answers buyers in English, or train one."),
    "broadband": gettext_noop("Have a broadband line installed."),
    "first_channel": gettext_noop("Open a shop on one marketplace."),
    "bank_account_verified": gettext_noop("Have your bank account verified: upload an account letter of your branch."),
    "wallet": gettext_noop("Open a mobile wallet in the firm’s name."),
    "foreign_currency_account": gettext_noop("Ask your bank for a foreign currency account."),
    "card_payments": gettext_noop("Ask your bank for a way to take cards."),
    "online_payment_service": gettext_noop("Join an online payment service for buyers abroad."),
    "target_markets": gettext_noop("Choose three countries that you want to sell to."),
    "delivery_time": gettext_noop("Shorten the time from order to delivery to 30 days."),
    "own_quality_check": gettext_noop("Give one of your people the task of checking the quality, with a written list."),
    "outside_inspection": gettext_noop("Have an independent inspector check your goods before they leave."),
    "verify_certificates": gettext_noop("Upload your certificates in force, so that we can verify them."),
    "renew_certificate": gettext_noop("Renew a certificate that has run out, and upload it."),
    "further_certificate": gettext_noop("Earn one more certificate that buyers in your trade ask for, and upload it."),
    "export_house": gettext_noop("Agree with an export house to sell through it."),
}

MONTHS = (
    gettext_noop("January"),
    gettext_noop("February"),
    gettext_noop("March"),
    gettext_noop("April"),
    gettext_noop("May"),
    gettext_noop("June"),
    gettext_noop("July"),
    gettext_noop("August"),
    gettext_noop("September"),
    gettext_noop("October"),
    gettext_noop("November"),
    gettext_noop("December"),
)
FROM_TO = gettext_noop("%(first)s to %(last)s")


def period_in_words(period: str, translate: Callable[[str], str] = str) -> str:
    """A period as people read it: "2025-11 to 2026-10" as "November 2025 to October 2026"; "2019–2023" stays as it is."""

    def side(text: str) -> str:
        month = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", text)
        return f"{translate(MONTHS[int(month[2]) - 1])} {month[1]}" if month else text

    match [side(text) for text in period.split(" to ")]:
        case [first, last]:
            return translate(FROM_TO) % {"first": first, "last": last}
        case _:
            return side(period)
