"""Files that come with a proposal: told by what they hold, cleaned of what they say about who made them, or refused."""

from dgekg.attachments.confined import Cleaner
from dgekg.attachments.kinds import KINDS, Refused
from dgekg.attachments.received import MOST_FILES, Attached, Limits, Upload, received

__all__ = ["KINDS", "MOST_FILES", "Attached", "Cleaner", "Limits", "Refused", "Upload", "received"]
