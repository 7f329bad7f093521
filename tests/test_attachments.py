"""Files that come with a proposal: what tells of their makers is gone, what could harm is refused with a reason."""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import pikepdf
import pytest
from docx import Document
from PIL import Image

from dgekg.attachments import Cleaner, Limits, Refused, Upload, pictures, received
from dgekg.attachments.cleaning import clean
from dgekg.attachments.kinds import REASONS
from dgekg.attachments.received import shown_name
from dgekg.web.words import messages

SECRET = b"SECRET"


def picture(form: str, **more: Any) -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "SECRET maker", 6
    exif.get_ifd(0x8825)[2] = (1.0, 2.0, 3.0)
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, form, exif=exif, **more)
    return out.getvalue()


def portable(change: Callable[[pikepdf.Pdf], None] = lambda _: None, **more: Any) -> bytes:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(200, 200))
    photo = pikepdf.Stream(pdf, picture("JPEG", comment=b"SECRET"))
    name = pikepdf.Name
    for key, value in {"Type": name.XObject, "Subtype": name.Image, "Width": 40, "Height": 30, "BitsPerComponent": 8,
                       "ColorSpace": name.DeviceRGB, "Filter": name.DCTDecode}.items():  # fmt: skip
        photo[f"/{key}"] = value
    page = pdf.pages[0]
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=pdf.make_indirect(photo)))
    link = pikepdf.Dictionary(S=name.URI, URI="https://example.org/")
    page.Annots = pikepdf.Array([
        pikepdf.Dictionary(Subtype=name.Text, Rect=[0, 0, 9, 9], T="SECRET Ada", Contents="a note", M="D:SECRET"),
        pikepdf.Dictionary(Subtype=name.Link, Rect=[0, 0, 9, 9], A=link),
        pikepdf.Dictionary(Subtype=name.Link, Rect=[0, 0, 9, 9], A=pikepdf.Dictionary(S=name.Launch, F="SECRET.exe")),
    ])  # fmt: skip
    pdf.Root.OpenAction = pikepdf.Dictionary(S=name.JavaScript, JS="SECRET()")
    pdf.docinfo["/Author"] = "SECRET Ada"
    with pdf.open_metadata() as told:
        told["dc:creator"] = ["SECRET Ada"]
    change(pdf)
    out = io.BytesIO()
    pdf.save(out, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable, **more)
    return out.getvalue()


def written(extra: Mapping[str, bytes] | None = None, change: Callable[[str, bytes], bytes] = lambda _, b: b) -> bytes:
    document = Document()
    document.core_properties.author = "SECRET Ada"
    words = document.add_paragraph("What it says.")
    document.add_comment(words.runs, text="Look.", author="SECRET Eve", initials="SECRET")
    document.add_picture(io.BytesIO(picture("JPEG")))
    first, out = io.BytesIO(), io.BytesIO()
    document.save(first)
    with zipfile.ZipFile(first) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in source.namelist():
            packed.writestr(name, change(name, source.read(name)))
        for name, data in (extra or {}).items():
            packed.writestr(name, data)
    return out.getvalue()


def bare(kind: str, data: bytes) -> bytes:
    """Return all that a file says, unpacked."""
    if kind == "docx":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return b"\n".join(name.encode() + packed.read(name) for name in packed.namelist())
    if kind == "pdf":
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(data)) as pdf:
            plain = pikepdf.ObjectStreamMode.disable
            pdf.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
                     object_stream_mode=plain)  # fmt: skip
        return out.getvalue()
    return data


GOOD: dict[str, Callable[[], bytes]] = {
    "jpg": lambda: picture("JPEG", comment=b"SECRET") + b"SECRET appended <?php",
    "png": lambda: picture("PNG") + b"SECRET",
    "webp": lambda: picture("WEBP", xmp=b"SECRET"),
    "pdf": portable,
    "docx": written,
}


@pytest.mark.parametrize("kind", GOOD)
def test_what_tells_of_its_makers_is_gone(kind: str) -> None:
    data = GOOD[kind]()
    assert SECRET in bare(kind, data)
    found, cleaned = clean(data)
    assert found == kind
    assert SECRET not in bare(kind, cleaned)
    assert clean(data)[1] == cleaned, "the same twice is the same"
    if kind == "pdf":
        with pikepdf.open(io.BytesIO(cleaned)) as pdf:
            notes: Any = pdf.pages[0].Annots
            assert (str(notes[0].Contents), "/A" in notes[1], "/A" in notes[2]) == ("a note", True, False)
            assert "/OpenAction" not in pdf.Root
    elif kind == "docx":
        assert next(p.text for p in Document(io.BytesIO(cleaned)).paragraphs) == "What it says."
        assert b"Look." in bare(kind, cleaned)
    else:
        with Image.open(io.BytesIO(cleaned)) as shown:
            assert (shown.size, dict(shown.getexif())) == ((30, 40), {}), "turned as it is to be seen"


def attached(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["x.txt"] = b"x"


def rooted(target: str) -> Callable[[str, bytes], bytes]:
    link = f'<Relationship Id="rX" Type="http://x/image" TargetMode="External" Target="{target}"/></Relationships>'
    return lambda name, data: (
        data.replace(b"</Relationships>", link.encode()) if name == "word/_rels/document.xml.rels" else data
    )


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.writestr("[Content_Types].xml", b" " * 61_000_000)
    return out.getvalue()


def entity(name: str, data: bytes) -> bytes:
    return b'<!DOCTYPE x [<!ENTITY a "b">]>' + data if name == "word/document.xml" else data


def wide() -> bytes:
    out = io.BytesIO()
    Image.new("1", (8000, 7000)).save(out, "PNG")
    return out.getvalue()


def moving() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (9, 9), "red").save(out, "PNG", save_all=True, append_images=[Image.new("RGB", (9, 9), "blue")])
    return out.getvalue()


BAD: dict[str, tuple[Any, str]] = {
    "empty": (b" \n", "empty"),
    "html": (b"<!doctype html><script>alert(1)</script>", "kind"),
    "svg": (b"\n<svg onload=alert(1)>", "kind"),
    "program": (b"MZ\x90\x00\x03", "kind"),
    "other zip": (bomb()[:4] + b"junk", "broken"),
    "zip bomb": (bomb, "bomb"),
    "encrypted": (lambda: portable(encryption=pikepdf.Encryption(owner="x", user="y")), "encrypted"),
    "half locked": (lambda: portable(encryption=pikepdf.Encryption(owner="x", user="")), "encrypted"),
    "file in a pdf": (lambda: portable(attached), "holds_files"),
    "half a pdf": (b"%PDF-1.7\n1 0 obj\n<<", "broken"),
    "behind a script": (b"<script>//%PDF-1.7", "kind"),
    "half a picture": (picture("PNG")[:60], "broken"),
    "too wide": (wide, "pixels"),
    "moving": (moving, "moves"),
    "macros": (lambda: written({"word/vbaProject.bin": b"x"}), "active"),
    "a file in a document": (lambda: written({"word/embeddings/a.xlsx": b"x"}), "holds_files"),
    "climbing": (lambda: written({"../../etc/passwd": b"x"}), "holds_files"),
    "calls home": (lambda: written(change=rooted("https://example.org/pixel.png")), "linked"),
    "entities": (lambda: written(change=entity), "broken"),
    "signs": (b"a\x1b[2Jb", "text"),
    "not utf-8": ("año".encode("latin-1"), "kind"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_hostile_or_broken_is_refused_with_its_reason(name: str) -> None:
    data, reason = BAD[name]
    with pytest.raises(Refused) as caught:
        clean(data() if callable(data) else data)
    assert caught.value.reason == reason


def test_every_reason_has_words() -> None:
    for language in ("en", "fr", "es"):
        assert [reason for reason in REASONS if f"give.file_{reason}" not in messages(language)] == []


def test_a_text_is_kept_as_text() -> None:
    assert clean("\ufeffNúmero\r\nuno \u202etxet".encode()) == ("txt", "Número\nuno txet".encode())


def test_a_photograph_in_another_file_keeps_its_picture() -> None:
    data = picture("JPEG", comment=b"SECRET")
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(pictures.bare_jpeg(data))) as after:
        assert before.tobytes() == after.tobytes()
    assert SECRET not in pictures.bare_jpeg(data)
    for wrong in (b"", b"\xff\xd8\xff", b"\xff\xd8junk!", b"\xff\xd8\xff\xe1\x00\x00"):
        with pytest.raises(Refused):
            pictures.bare_jpeg(wrong)


def test_how_many_how_large_and_called_what() -> None:
    limits = Limits(one=100, together=150, most=3)
    sent = [
        Upload("../../../etc/passwd", b"one", 3),
        Upload("big.txt", b"x" * 100, 5_000),
        Upload("C:\\x\\passwd.exe", b"two", 3),
        Upload("same again", b"one", 3),
        Upload("\u202egpj.", b"x" * 99, 99),
        Upload("y" * 300, b"y" * 99, 99),
        Upload("four", b"four", 4),
    ]
    kept, contents, refused = received(sent, limits, lambda data: ("txt", data))
    assert [one.name for one in kept] == ["passwd.txt", "passwd-2.txt", "gpj.txt"]
    assert set(contents) == {one.digest for one in kept}
    assert [reason for _name, reason in refused] == ["large", "many", "many"]
    again, fresh, _refused = received(sent[-1:], limits, lambda data: ("txt", data), kept[:2])
    assert (len(again), len(fresh)) == (3, 1)
    assert received([Upload("z", b"z" * 90, 90)], limits, lambda d: ("txt", d * 2), ())[2] == [("z", "large_together")]
    assert len(shown_name("é" * 500, "pdf")) < 90


def test_a_process_that_hangs_or_breaks_costs_nobody_else_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Cleaner()(b"a line") == ("txt", b"a line")
    with pytest.raises(Refused, match="kind"):
        Cleaner()(b"\x00")
    with pytest.raises(Refused, match="heavy"):
        Cleaner(seconds=0.0)(b"a line")

    def killed(*_given: Any, **_named: Any) -> Any:
        return subprocess.CompletedProcess([], -9, b"pdf\nhalf", b"")

    monkeypatch.setattr(subprocess, "run", killed)
    with pytest.raises(Refused, match="heavy"):
        Cleaner()(b"%PDF-")
