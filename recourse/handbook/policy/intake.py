"""How what comes in is matched, answered at once and limited."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from recourse.handbook.policy.shape import Days, Percent, Shape, Text, refusal

MEGABYTE = 1024 * 1024


class Matching(Shape):
    """When something new belongs to a case that is there already."""

    open_case_within_days: Days
    reopen_within_days: Days
    duplicate_within_hours: Annotated[int, Field(ge=1, le=2160)]
    duplicate_similarity_percent: Percent


class Acknowledgement(Shape):
    """The automatic answer; it never meets a clock."""

    is_on: bool
    text: Text
    per_sender_hourly_limit: Annotated[int, Field(ge=1, le=100)]


class Limits(Shape):
    """What one message may carry."""

    attachment_bytes: Annotated[int, Field(ge=1024, le=100 * MEGABYTE)]
    attachments_bytes: Annotated[int, Field(ge=1024, le=500 * MEGABYTE)]
    attachment_count: Annotated[int, Field(ge=0, le=100)]
    message_characters: Annotated[int, Field(ge=1000, le=1_000_000)]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.attachment_bytes > self.attachments_bytes:
            raise refusal("intake.limits")
        return self


class Intake(Shape):
    """The rules at the door."""

    matching: Matching
    acknowledgement: Acknowledgement
    limits: Limits
