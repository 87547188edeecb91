"""The step of signing in that asks for a verified e-mail."""

from __future__ import annotations

from typing import Any

from allauth.account.stages import EmailVerificationStage


class EmailVerificationIfThereIsOne(EmailVerificationStage):
    """A person who registered with a mobile number alone is verified by SMS and has no e-mail to verify.

    Without a user allauth only pretends, so that nobody learns who has an account: that looks like a new registration.
    """

    def handle(self) -> tuple[Any, bool]:
        user = self.login.user
        if user and not user.email and user.mobile:
            return None, True
        return super().handle()
