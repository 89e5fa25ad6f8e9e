"""Second factors for allauth: secrets sealed at rest, passkeys tied to the site, and none removed that is needed."""

import base64

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recourse.people.queries import needs_second_factor
from recourse.web.sign_in.home import site_host


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """The second-factor adapter."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": gettext_lazy(
            "This is your last second factor, and your account needs one: your role asks for it, or your password is "
            "shorter than 15 characters. Add another first, or choose a longer password."
        ),
        "incorrect_code": gettext_lazy("This code is not right, or was used already."),
    }

    def encrypt(self, text: str) -> str:
        """Seal a secret for the database."""
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret."""
        return _seal().decrypt(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        """Return the picture without the declaration that only files need."""
        drawn = str(super().build_totp_svg(url))
        return drawn[drawn.index("<svg") :]

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Tell whether an account may lose this factor."""
        return not needs_second_factor(
            authenticator.user_id, without=authenticator.pk, roles=frozenset(settings.SECOND_FACTOR_FOR)
        )

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Tie passkeys to the host that the operator named, whatever the request says."""
        return {"id": site_host(), "name": settings.COMPANY or "Recourse"}

    def generate_authenticator_name(self, user: AbstractBaseUser, type: str) -> str:  # noqa: A002
        """Return a name for a new passkey that says where it was made."""
        return _("Passkey")

    def _get_site_name(self) -> str:
        return settings.COMPANY or "Recourse"


def _seal() -> Fernet:
    """Return the seal, made from the secret key of the installation."""
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"recourse second factors")
    return Fernet(base64.urlsafe_b64encode(derived.derive(settings.SECRET_KEY.encode())))
