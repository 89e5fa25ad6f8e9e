"""Tables of the people who work here: staff, roles, teams, departments, skills, absence, delegation, keys."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from recourse.kit.models import Row, Versioned
from recourse.people.policy import AbsenceKind, LinkPurpose, TeamKind, normal
from recourse.timeline.models import Thread


class Department(Row):
    """A department of the company, such as legal or logistics."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)


class Role(Versioned):
    """A named set of rights."""

    name = models.CharField(max_length=80, unique=True)
    permissions = models.JSONField(default=list)
    is_built_in = models.BooleanField(default=False)


class StaffAccounts(BaseUserManager["Staff"]):
    """How sign-in finds an account."""

    def get_by_natural_key(self, username: str | None) -> "Staff":
        """Return the account of an address, whatever its case."""
        return self.get(email__iexact=username)


class Staff(Versioned, AbstractBaseUser):
    """One account of one person who works here. `person_id` is shared by all accounts of the same human."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    person_id = models.UUIDField()
    is_active = models.BooleanField(default=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    language = models.CharField(max_length=12, default="en")
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="staff")
    thread = models.OneToOneField(Thread, on_delete=models.PROTECT, related_name="+")
    work_in_progress_limit = models.PositiveSmallIntegerField(null=True)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    is_password_long = models.BooleanField(default=False)
    session_epoch = models.PositiveIntegerField(default=0)

    objects = StaffAccounts()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [models.CheckConstraint(name="staff_address_is_lower", condition=Q(email=Lower("email")))]
        indexes = [models.Index(fields=["name", "id"], name="staff_by_name")]

    def __str__(self) -> str:
        return self.name

    def set_password(self, raw_password: str | None) -> None:
        """Keep the hash of a password in its one form, whatever keyboard composed it."""
        super().set_password(None if raw_password is None else normal(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        """Tell whether this is the password, in whatever form it was composed."""
        return super().check_password(None if raw_password is None else normal(raw_password))

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Tie every session to the password and to an epoch, so that raising the epoch ends them all."""
        salt = "recourse.people.Staff.session"
        return salted_hmac(salt, f"{self.password}:{self.session_epoch}", secret=secret, algorithm="sha256").hexdigest()

    @property
    def is_staff(self) -> bool:
        """Tell Django's own parts that nobody enters its admin by this flag."""
        return False


class RoleGrant(Row):
    """That somebody holds a role."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="grants")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="grants")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "role"], name="role_once_per_staff")]


class Team(Versioned):
    """People who share queues. A walled team's cases are seen by its members alone."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in TeamKind])
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="teams")
    is_walled = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)


class Membership(Row):
    """That somebody belongs to a team, and whether they lead it."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="memberships")
    is_lead = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "staff"], name="membership_once")]


class Skill(Row):
    """Something that a case may need and a person may know."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)


class SkillGrant(Row):
    """That somebody has a skill, at a level from 1 to 5, until a day if it lapses."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="skills")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="grants")
    level = models.PositiveSmallIntegerField(default=3)
    until_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "skill"], name="skill_once_per_staff"),
            models.CheckConstraint(name="skill_level_1_to_5", condition=Q(level__gte=1, level__lte=5)),
        ]


class Absence(Row):
    """That somebody is away, half-open: from, until."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="absences")
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in AbsenceKind])
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="absence_has_length", condition=Q(from_at__lt=F("until_at")))]
        indexes = [
            models.Index(fields=["staff", "until_at"], name="absence_by_staff"),
            models.Index(fields=["until_at"], name="absence_by_end"),
        ]


class Delegation(Row):
    """That somebody may act for somebody else, for a time; never passed on."""

    giver = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="delegations_given")
    receiver = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="delegations_received")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="delegation_has_length", condition=Q(from_at__lt=F("until_at"))),
            models.CheckConstraint(name="delegation_to_another", condition=~Q(giver=F("receiver"))),
        ]


class ApiKey(Row):
    """A key for a program: kept as a hash, with scopes that never exceed its owner's rights, and an end."""

    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    owner = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="api_keys")
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)


class Link(Row):
    """A link of one use, to set a first password or a new one: kept as a hash, which goes when the link is spent."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="links")
    purpose = models.CharField(max_length=20, choices=[(purpose.value, purpose.value) for purpose in LinkPurpose])
    digest = models.CharField(max_length=64, unique=True, null=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    spent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="link_is_open_or_spent",
                condition=Q(digest__isnull=False, spent_at__isnull=True)
                | Q(digest__isnull=True, spent_at__isnull=False),
            )
        ]


class GuessCount(models.Model):
    """How often one account's password or code was guessed wrong in a row; the account is kept as a hash."""

    account = models.CharField(primary_key=True, max_length=64)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    waits_until = models.DateTimeField(null=True)


class SpentCode(Row):
    """A code of an authenticator app that was used, so that it cannot be used twice while it is still valid."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "digest"], name="code_spent_once")]
