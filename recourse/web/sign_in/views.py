"""The doors of sign-in that are ours: links of one use, new passwords, logins from outside."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.adapter import get_adapter as second_factors
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from requests import RequestException

from recourse.kit.errors import Invalid, NotVisible, Throttled
from recourse.people import actions
from recourse.people.queries import link_holder
from recourse.web.door import GET, POST, public
from recourse.web.sign_in.outside import Issuer
from recourse.web.viewer import at

NEW_PASSWORD = forms.PasswordInput(attrs={"autocomplete": "new-password"})


class LinkForm(forms.Form):
    """A password by a link: typed once, visible on request, so nothing needs to be typed twice."""

    password = forms.CharField(label=gettext_lazy("New password"), widget=NEW_PASSWORD, strip=False)


class ResetForm(forms.Form):
    """An address to which a link may go."""

    email = forms.CharField(
        label=gettext_lazy("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )


@never_cache
@sensitive_post_parameters("password")
@public(*GET, *POST)
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Set a password by a link of one use. Looking at the page spends nothing."""
    holder = link_holder(token, at=at(request))
    if holder is None:
        return render(request, "account/link_dead.html", status=410)
    form = LinkForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.use_link(token=token, password=form.cleaned_data["password"], at=at(request))
        except Invalid as error:
            form.add_error("password", error.fields["password"])
        else:
            messages.success(request, _("Your password is set. Sign in with it."))
            return HttpResponseRedirect(reverse("account_login"))
    status = 422 if form.is_bound else 200
    return render(request, "account/link.html", {"form": form, "holder": holder}, status=status)


@never_cache
@public(*GET, *POST)
def reset(request: HttpRequest) -> HttpResponse:
    """Ask for a new password: by mail where the company has mail, by an administrator where not."""
    if not settings.HAS_EMAIL:
        return render(request, "account/password_reset.html", {"form": None})
    form = ResetForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "account/password_reset.html", {"form": form}, status=422 if form.is_bound else 200)
    try:
        actions.request_reset(address=form.cleaned_data["email"], at=at(request))
    except Throttled as error:
        form.add_error(None, error.sentence)
        return render(request, "account/password_reset.html", {"form": form}, status=429)
    return HttpResponseRedirect(reverse("account_reset_password_done"))


@public(*GET)
def reset_done(request: HttpRequest) -> HttpResponse:
    """Say the same to everybody who asked."""
    return render(request, "account/password_reset_done.html")


class Callback(OAuth2CallbackView):  # type: ignore[misc]
    """The way back from the issuer."""

    adapter: Issuer

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, response = super()._get_state(request, provider)
        if state is not None:
            self.adapter.nonce = state.get("nonce")
        return state, response


@never_cache
@public("GET", *POST)
def outside_login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Set out for the issuer. The page that leads there keeps the form's own address, so that no policy is widened."""
    issuer = _issuer(request, provider_id)
    try:
        answer: HttpResponse = OAuth2LoginView.adapter_view(issuer)(request)
    except (OAuth2Error, RequestException) as error:
        return _refused(request, issuer, error)
    if request.method == "POST" and answer.status_code == 302:
        context = {"href": answer["Location"], "provider": issuer.get_provider()}
        return render(request, "socialaccount/leaving.html", context)
    return answer


@never_cache
@public("GET")
def outside_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Come back from the issuer. An answer that names another issuer is refused (RFC 9207)."""
    issuer = _issuer(request, provider_id)
    named = request.GET.get("iss")
    if named is not None and named != issuer.get_provider().issuer:
        return _refused(request, issuer, OAuth2Error("another issuer answered"))
    answer: HttpResponse = Callback.adapter_view(issuer)(request)
    return answer


def _issuer(request: HttpRequest, provider_id: str) -> Issuer:
    issuer = Issuer(request, provider_id)
    try:
        issuer.get_provider()
    except SocialApp.DoesNotExist as error:
        raise NotVisible from error
    return issuer


def _refused(request: HttpRequest, issuer: Issuer, error: Exception) -> HttpResponse:
    answer: HttpResponse = render_authentication_error(request, issuer.get_provider(), exception=error)
    return answer


@method_decorator(reauthentication_required(app="allauth.mfa"), name="dispatch")
class RemovePasskey(RemoveWebAuthnView):  # type: ignore[misc]
    """Removing a passkey, unless the account needs it."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Remove it."""
        adapter = second_factors()
        if not adapter.can_delete_authenticator(self.get_object()):
            messages.error(self.request, str(adapter.error_messages["cannot_delete_authenticator"]))
            return HttpResponseRedirect(reverse("mfa_index"))
        answer: HttpResponse = super().form_valid(form)
        return answer
