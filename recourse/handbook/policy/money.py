"""How money goes back: through which provider for which means of payment, rates of exchange, how long vouchers last."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from recourse.handbook.policy.shape import Currency, Days, Key, Shape, refusal, require_unique

RateText = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}(\.[0-9]{1,12})?$")]


class Route(Shape):
    """A means of payment, as the shop calls it, and the provider that it is paid back through."""

    method: Key
    provider: Key


class Rate(Shape):
    """What one unit of a currency is worth in another, and where that was read; used to count against limits."""

    from_currency: Currency
    to_currency: Currency
    value: RateText
    source: Annotated[str, StringConstraints(max_length=80)] = ""

    @model_validator(mode="after")
    def _between_two(self) -> Self:
        if self.from_currency == self.to_currency or not self.value.strip("0."):
            raise refusal("rate.senseless")
        return self


class MoneyRules(Shape):
    """Means of payment without a route are paid back by finance, by hand."""

    voucher_days: Days = 1095
    routes: Annotated[tuple[Route, ...], Field(max_length=100)] = ()
    rates: Annotated[tuple[Rate, ...], Field(max_length=500)] = ()

    @model_validator(mode="after")
    def _once(self) -> Self:
        require_unique(self.routes, lambda route: route.method, "ways for")
        require_unique(self.rates, lambda rate: (rate.from_currency, rate.to_currency), "rates for")
        return self

    def provider_for(self, method: str) -> str:
        """Return the provider that a means of payment is paid back through; by hand where none is named."""
        return next((route.provider for route in self.routes if route.method == method), "manual")

    def rate(self, from_currency: str, to_currency: str) -> Rate | None:
        """Return the rate between two currencies, as it stands."""
        found = (rate for rate in self.rates if (rate.from_currency, rate.to_currency) == (from_currency, to_currency))
        return next(found, None)
