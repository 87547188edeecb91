"""People for tests."""

from __future__ import annotations

import factory
from allauth.account.models import EmailAddress

from tdap_portal.accounts.models import Partner, PartnerMember, RoleGrant, User
from tdap_portal.accounts.roles import PartnerKind, Role

PASSWORD = "a-long-enough-password"


class UserFactory(factory.django.DjangoModelFactory):
    """A person with a verified e-mail and no role; give roles=(Role.OFFICER,) for an official."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.pk")
    name = factory.Sequence(lambda n: f"Person {n}")

    @classmethod
    def _create(cls, model_class, *args, roles=(), password=PASSWORD, **kwargs):
        user = User.objects.create_user(password=password, **kwargs)
        if user.email:
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        RoleGrant.objects.bulk_create(RoleGrant(user=user, role=role.value) for role in roles)
        return user


def officer(**kwargs) -> User:
    return UserFactory(roles=(Role.OFFICER,), **kwargs)


def director(**kwargs) -> User:
    return UserFactory(roles=(Role.APPROVER,), **kwargs)


def administrator(**kwargs) -> User:
    return UserFactory(roles=(Role.ADMINISTRATOR,), is_staff=True, **kwargs)


def partner_person(kind: PartnerKind = PartnerKind.CHAMBER, **kwargs) -> User:
    user = UserFactory(roles=(Role.PARTNER,), **kwargs)
    PartnerMember.objects.create(partner=PartnerFactory(kind=kind.value), user=user)
    return user


class PartnerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Partner

    name = factory.Sequence(lambda n: f"Chamber of Commerce {n}")
    kind = PartnerKind.CHAMBER.value
