"""Reports: a template and a version made into HTML, DOCX, PDF or Markdown, each number bound to what it rests on.

    document = report.make(observatory, report.load(folder, "full", "fr"))
    report.write(document, Path("rapport.pdf"), "pdf")
    report.verify(observatory, Path("rapport.pdf")).gone

What a template may say: `docs/report.md`.
"""

from dgekg.report.bound import read
from dgekg.report.faces import FORMATS, check_target, format_of, subject_of, write, written
from dgekg.report.making import make
from dgekg.report.model import Binding, Document
from dgekg.report.template import Template, folder_of, load, shipped, variants
from dgekg.report.verifying import Checked, Verified, verify

__all__ = [
    "FORMATS",
    "Binding",
    "Checked",
    "Document",
    "Template",
    "Verified",
    "check_target",
    "folder_of",
    "format_of",
    "load",
    "make",
    "read",
    "shipped",
    "subject_of",
    "variants",
    "verify",
    "write",
    "written",
]
