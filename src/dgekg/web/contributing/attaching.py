"""The files of a form: which come along, which were there, and what is said beside those that are not taken."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from dgekg.attachments import Attached, Cleaner, Limits, Upload, received
from dgekg.attachments.kinds import kind_of
from dgekg.attachments.received import shown_name
from dgekg.errors import UnknownCode
from dgekg.inbox.proposals import WITH_FILES
from dgekg.settings import Settings
from dgekg.web.house import Visit
from dgekg.web.inboxes import inbox_of

PLACE = "files"
ENDINGS = ".pdf,.png,.jpg,.jpeg,.webp,.docx,.txt"


def limits(settings: Settings) -> Limits:
    """Return how much may come with one proposal."""
    return Limits.of_mib(settings.file_mb, settings.files_mb)


def taken_by(act: str) -> bool:
    """Whether a form takes files."""
    return act in WITH_FILES


def there(visit: Visit, code: str, dropped: Collection[str]) -> tuple[Attached, ...]:
    """Return the files that a proposal has already, but for those that its contributor no longer wants."""
    try:
        return tuple(one for one in inbox_of(visit).status(code).proposal.files if one.digest not in dropped)
    except UnknownCode:
        return ()


def glanced(visit: Visit, uploads: Sequence[Upload], known: Sequence[Attached]) -> list[str]:
    """Return what can be said against files without looking into them, for forms that come back for other reasons."""

    def glance(data: bytes) -> tuple[str, bytes]:
        return kind_of(data), data

    refused = received(uploads, limits(visit.house.settings), glance, known)[2]
    return [_said(visit, name, reason) for name, reason in refused]


def cleaned(
    visit: Visit, uploads: Sequence[Upload], known: Sequence[Attached]
) -> tuple[tuple[Attached, ...], dict[str, bytes], list[str]]:
    """Return all files as they can be kept, the bytes of the new ones by digest, and what is said of those refused.

    Raises:
        StoreError: too many files are cleaned at this moment.
    """
    kept, contents, refused = received(uploads, limits(visit.house.settings), Cleaner(), known)
    return kept, contents, [_said(visit, name, reason) for name, reason in refused]


def again(visit: Visit, uploads: Sequence[Upload]) -> str:
    """Return the request to choose files once more: a browser does not fill them in again."""
    names = ", ".join(shown_name(one.name) for one in uploads)
    return visit.t("give.files_again", names=names)


def _said(visit: Visit, name: str, reason: str) -> str:
    settings = visit.house.settings
    words = visit.t(f"give.file_{reason}", one=settings.file_mb, together=settings.files_mb, most=limits(settings).most)
    return f"{name}: {words}"
