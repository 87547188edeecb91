"""The words of the demo's applications: why firms apply, what officers ask and decide, what is written between them."""

MOTIVATIONS = {
    "en": (
        "We make good things and sell them to one wholesaler. We want buyers of our own, abroad, and to be paid on time.",
        "We have sold a little through an export house. We want to learn how to answer buyers and to show our products online.",
        "Our workers need orders in the slow months. A shop on a platform would give us customers in other seasons.",
        "We want ten regular buyers in three countries within two years, and one person who does nothing else.",
        "My father sold to traders in the bazaar. I want to see who uses what we make, and to set our own price.",
        "We lost two orders because our photographs were poor and we answered late. We want to do it properly.",
        "A buyer found us by chance and has ordered every year since. We want to be found by others like him.",
    ),
    "ur": (
        "ہم اچھا مال بناتے ہیں مگر ایک ہی بیوپاری کو بیچتے ہیں۔ ہم باہر کے اپنے خریدار اور وقت پر ادائیگی چاہتے ہیں۔",
        "ہم نے تھوڑا سا مال ایکسپورٹ ہاؤس کے ذریعے بیچا ہے۔ ہم سیکھنا چاہتے ہیں کہ خریدار کو جواب کیسے دیں اور مال آن لائن کیسے دکھائیں۔",
        "سست مہینوں میں ہمارے کاریگروں کو آرڈر چاہییں۔ آن لائن دکان سے دوسرے موسموں کے گاہک ملیں گے۔",
        "دو سال میں تین ملکوں میں دس پکے خریدار چاہتے ہیں، اور ایک آدمی جو صرف یہی کام کرے۔",
        "میرے والد بازار کے تاجروں کو مال دیتے تھے۔ میں جاننا چاہتی ہوں کہ ہمارا مال کون استعمال کرتا ہے، اور قیمت خود طے کرنا چاہتی ہوں۔",
        "تصویریں اچھی نہ تھیں اور جواب دیر سے دیا، اس لیے دو آرڈر ہاتھ سے نکل گئے۔ اب یہ کام ٹھیک طرح سیکھنا چاہتے ہیں۔",
    ),
}
QUESTIONS: tuple[tuple[str, dict[str, tuple[str, str]]], ...] = (
    (
        "capacity_per_month",
        {
            "en": (
                "How much could you make in a month?",
                (
                    "You wrote more than the electricity bill you sent points to. Correct the number, or tell us about a second "
                    "workshop."
                ),
            ),
            "ur": (
                "آپ ایک مہینے میں کتنا بنا سکتے ہیں؟",
                "آپ نے اس سے زیادہ لکھا ہے جتنا بجلی کے بل سے لگتا ہے۔ عدد درست کریں، یا دوسرے کارخانے کے بارے میں بتائیں۔",
            ),
        },
    ),
    (
        "employees",
        {
            "en": (
                "How many people work for you?",
                "The number in the tax return differs from yours. Write how many were paid in the last month.",
            ),
            "ur": (
                "آپ کے ہاں کتنے لوگ کام کرتے ہیں؟",
                "ٹیکس ریٹرن کا عدد آپ کے عدد سے مختلف ہے۔ لکھیں کہ پچھلے مہینے کتنوں کو تنخواہ ملی۔",
            ),
        },
    ),
    (
        "catalogue_products",
        {
            "en": (
                "How many products are in your catalogue?",
                "Send us the address of the catalogue and the number of products in it.",
            ),
            "ur": ("آپ کے کیٹلاگ میں کتنی چیزیں ہیں؟", "ہمیں کیٹلاگ کا پتہ اور اس میں چیزوں کی تعداد بھیجیں۔"),
        },
    ),
)
LETTERS = {
    "en": (
        "When will the training be, and can two of us come?",
        "We have moved to a new workshop. Does that change anything for our application?",
        "Thank you. We have sent the certificate of the chamber.",
    ),
    "ur": (
        "تربیت کب ہو گی، اور کیا ہم میں سے دو آ سکتے ہیں؟",
        "ہم نئے کارخانے میں آ گئے ہیں۔ کیا اس سے درخواست پر کوئی فرق پڑتا ہے؟",
        "شکریہ۔ ہم نے چیمبر کا سرٹیفکیٹ بھیج دیا ہے۔",
    ),
}
DECISIONS = {
    "select": {
        "en": "A product that travels well and a person who has time for it.",
        "ur": "مال باہر جانے کے قابل ہے اور اس کام کے لیے ایک آدمی کے پاس وقت ہے۔",
    },
    "waitlist": {
        "en": "Close to the line. The receipt shows what would lift you over it.",
        "ur": "آپ حد کے قریب ہیں۔ رسید میں لکھا ہے کہ کیا آپ کو اس سے اوپر لے جائے گا۔",
    },
    "decline": {
        "en": "Not this time. The receipt shows the three cheapest changes for the next round.",
        "ur": "اس بار نہیں۔ رسید میں اگلے راؤنڈ کے لیے تین سب سے سستی تبدیلیاں لکھی ہیں۔",
    },
}
WAIVERS = (
    (
        "The photograph of the bank's certificate cannot be read, and the branch writes a new one only at the end of the month. "
        "I compared the account with a statement that the owner showed me."
    ),
    "The branch is being moved and writes no certificates until next month; its manager told me so by telephone.",
)
ANOTHER_FIRM = "Another owner, another workshop; I spoke to both by telephone."
SEEN_IN_THE_BOOKS = "The owner showed me the books and the bank's slips, which say what the application says."
SHARED_HALL = (
    "Both firms rent tables in the same hall of the estate, and the photograph shows the hall, not their goods. The estate's "
    "office confirmed both contracts by telephone."
)
