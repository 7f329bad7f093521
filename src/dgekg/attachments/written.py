"""DOCX: unpacked with limits, written anew part by part, without names, dates, macros and what comes from elsewhere."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile

from docx import Document
from lxml import etree

from dgekg import zips
from dgekg.attachments import pictures
from dgekg.attachments.kinds import Refused, kind_of

MOST_UNPACKED, MOST_PARTS = 60_000_000, 1_000
_DAY = (1980, 1, 1, 0, 0, 0)
_CONTENT = "[Content_Types].xml"
# Left out: who and when, small pictures, what others' programs keep for themselves, who wrote in it, signatures, to
# whom a letter goes, kept pieces of text, printers, and what a picture was drawn from.
_TELLS = re.compile(
    r"docProps/.*|docMetadata/.*|customXml/.*|customUI/.*|_xmlsignatures/.*|word/glossary/.*|word/documenttasks/.*"
    r"|word/(?:people|commentsIds|commentsExtensible|webSettings|recipientData|tasks|keyMapCustomizations)\.xml"
    r"|word/(?:printerSettings|webextensions)/.*|word/media/.*\.(?:svg|wdp)",
    re.IGNORECASE,
)
_ACTS = re.compile(r".*(?:vba|activeX|\.bin$|macro).*", re.IGNORECASE)
_HOLDS = re.compile(r"word/embeddings/.*")
_PICTURES = {
    ".png": "png", ".jpg": "jpg", ".jpeg": "jpg", ".jpe": "jpg", ".jfif": "jpg", ".webp": "webp", ".gif": "gif",
    ".tif": "tiff", ".tiff": "tiff", ".bmp": "bmp",
}  # fmt: skip
# Drawings of Windows and Mac, and pictures of other kinds: what they say of their makers cannot be taken out.
_DRAWINGS = (".emf", ".wmf", ".emz", ".wmz", ".pict", ".pct", ".pcz", ".eps", ".jp2", ".j2k", ".jxr", ".heic", ".avif")
_FONTS = (".ttf", ".odttf")
_WHO = ("author", "initials", "userId", "providerId", "lastEditedBy")
_GONE = (
    "rsids", "attachedTemplate", "docVars", "docId", "mailMerge", "printerSettings", "dataBinding", "attachedSchema",
    "saveThroughXslt", "svgBlip", "imgProps",
)  # fmt: skip
_LED = ("attachedTemplate", "mailMergeSource", "mailMergeHeaderSource", "transform", "customXml")
_CALLED = (("name", "cNvPr"), ("title", "imagedata"))  # of a picture, how its file was called
_PLACE = re.compile(r"(?:file:|\\\\|[A-Za-z]:[\\/]|/(?:home|Users|Volumes)/)[^\"]*", re.IGNORECASE)
_ACT = re.compile(r"\s*DDE(?:AUTO)?\b", re.IGNORECASE)
_OTHERS = ((b"GIF8", "gif"), (b"II*\0", "tiff"), (b"MM\0*", "tiff"), (b"BM", "bmp"))
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_NAMES = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def clean(data: bytes) -> bytes:
    """Return a document of Word without what it says of its makers.

    Raises:
        Refused: it is none, is encrypted, unpacks to too much, has macros, other files, or drawings that cannot be
            cleaned in it.
    """
    parts = _unpacked(data)
    if _CONTENT not in parts or "word/document.xml" not in parts:
        raise Refused("kind")
    if (
        any(_ACTS.fullmatch(name) and not _TELLS.fullmatch(name) for name in parts)
        or b"macroEnabled" in parts[_CONTENT]
    ):
        raise Refused("active")
    if any(map(_HOLDS.fullmatch, parts)):
        raise Refused("holds_files")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(parts, key=lambda one: (one != _CONTENT, one)):
            if not _TELLS.fullmatch(name):
                entry = zipfile.ZipInfo(name, _DAY)
                entry.compress_type = zipfile.ZIP_DEFLATED
                packed.writestr(entry, _part(name, parts[name]))
    return _opened(out.getvalue())


def _unpacked(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            entries = [one for one in packed.infolist() if not one.is_dir()]
            if len(entries) > MOST_PARTS or sum(one.file_size for one in entries) > MOST_UNPACKED:
                raise Refused("bomb")
            if any(one.flag_bits & 1 for one in entries):
                raise Refused("encrypted")
            # no more is unpacked than an entry declares; one that holds more fails its checksum
            return {one.filename: packed.read(one) for one in entries}
    except zips.FAULTS:
        raise Refused("broken") from None


def _part(name: str, data: bytes) -> bytes:
    low = name.lower()
    ending = f".{low.rpartition('.')[2]}"
    if ending in (".xml", ".rels"):
        return _xml(name, data)
    if ending in _PICTURES:
        return _picture(data)
    if ending in _FONTS:
        return data  # letters: they carry no place and no name
    raise Refused("inner" if ending in _DRAWINGS or low.startswith("word/media/") else "holds_files")


def _picture(data: bytes) -> bytes:
    """Return a picture by what it is, whatever it is called; what is of another kind becomes a PNG."""
    try:
        found = next((kind for sign, kind in _OTHERS if data.startswith(sign)), "") or kind_of(data)
        if found not in _PICTURES.values():
            raise Refused("inner")
        return pictures.clean(data, found)
    except Refused as refused:
        raise Refused("inner" if refused.reason in ("kind", "moves") else refused.reason) from None


def _xml(name: str, data: bytes) -> bytes:
    if _DOCTYPE.search(data) or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Refused("broken")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False,
                             remove_comments=True, remove_pis=True)  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        raise Refused("broken") from None
    if name == _CONTENT:
        _drop(root, lambda one: bool(_TELLS.fullmatch(one.get("PartName", "").lstrip("/"))))
    elif name.endswith(".rels"):
        _links(root, name)
    else:
        _writers(root)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _links(root: etree._Element, name: str) -> None:
    """Leave out what leads to a part that is left out, and to files of its maker; nothing is fetched on opening."""
    folder = posixpath.dirname(posixpath.dirname(name))
    for one in list(root):
        kind, target = one.get("Type", "").rpartition("/")[2], one.get("Target", "")
        if one.get("TargetMode") == "External":
            if kind in _LED:
                root.remove(one)
            elif kind != "hyperlink":
                raise Refused("linked")
            elif not target.lower().startswith(("http://", "https://", "mailto:")):
                one.set("Target", "about:blank")
        elif _TELLS.fullmatch(posixpath.normpath(posixpath.join(folder, target)).lstrip("/")):
            root.remove(one)


def _writers(root: etree._Element) -> None:
    for one in list(root.iter()):
        bare, parent = etree.QName(one).localname, one.getparent()
        if bare in _GONE and parent is not None:
            parent.remove(one)
        elif bare in ("instrText", "delInstrText") and one.text:
            one.text = _order(one.text)
    for one in root.iter():
        named = etree.QName(one).localname
        for key, value in list(one.attrib.items()):
            bare = str(key).rpartition("}")[2]
            if bare in _WHO:
                one.set(key, "-")
            elif bare.startswith("rsid") or (bare == "date" and one.get(f"{{{_NAMES}}}author") is not None):
                del one.attrib[key]
            elif bare == "instr":
                one.set(key, _order(str(value)))
            elif (bare, named) in _CALLED or (bare in ("descr", "alt", "title") and _PLACE.match(str(value))):
                one.set(key, "")


def _order(text: str) -> str:
    """Return what a field does, without places on its maker's device.

    Raises:
        Refused: it starts another program.
    """
    if _ACT.match(text):
        raise Refused("active")
    return _PLACE.sub("-", text)


def _drop(root: etree._Element, wanted: object) -> None:
    for one in list(root):
        if callable(wanted) and wanted(one):
            root.remove(one)


def _opened(data: bytes) -> bytes:
    """Return a document that opens.

    Raises:
        Refused: it does not.
    """
    try:
        Document(io.BytesIO(data))
    except Exception:  # the library raises whatever its parts give it
        raise Refused("broken") from None
    return data
