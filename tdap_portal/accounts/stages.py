"""The step of signing in that asks for a verified e-mail."""

from __future__ import annotations

from typing import Any

from allauth.account.stages import EmailVerificationStage


class EmailVerificationIfThereIsOne(EmailVerificationStage):
    """A person who registered with a mobile number alone is verified by SMS and has no e-mail to verify."""

    def handle(self) -> tuple[Any, bool]:
        if not self.login.user.email and self.login.user.mobile:
            return None, True
        return super().handle()
