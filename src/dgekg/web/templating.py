"""Templates of the pages: those that were there when the process began, like its code.

An update of the software changes the files under a service that runs. Were templates read again then, new ones would be
filled by old code, and answer 500 until the service is restarted.
"""

from __future__ import annotations

from jinja2 import DictLoader, Environment, PackageLoader, StrictUndefined

from dgekg.web import words


def environment() -> Environment:
    """Return all templates as they are now, with the words for them; a file that changes later changes nothing."""
    words.hold()
    files = PackageLoader("dgekg.web")
    reader = Environment(loader=files, autoescape=True)
    return Environment(
        loader=DictLoader({name: files.get_source(reader, name)[0] for name in files.list_templates()}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
