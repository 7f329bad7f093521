"""Files that come with a proposal: what tells of their makers is gone, what could harm is refused with a reason."""

from __future__ import annotations

import io
import re
import struct
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import pikepdf
import pytest
from docx import Document
from PIL import Image, PngImagePlugin

from dgekg.attachments import Cleaner, Limits, Refused, Upload, inside, received
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


def coded(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Contents = pikepdf.Stream(pdf, b"BI /W 1 /H 1 /F /DCT ID \xff\xd8 EI")


def cut_short(pdf: pikepdf.Pdf) -> None:
    photo: Any = pdf.pages[0].Resources.XObject.I
    photo.write(b"\xff\xd8\xff\xe0", filter=pikepdf.Name.JPXDecode)


def fetching(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Resources.XObject.I.F = "https://example.org/pixel"


def dde(name: str, data: bytes) -> bytes:
    order = b"<w:p><w:r><w:instrText>DDEAUTO x</w:instrText></w:r></w:p><w:sectPr"
    return data.replace(b"<w:sectPr", order, 1) if name == "word/document.xml" else data


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
    "a drawing in a document": (lambda: written({"word/media/image7.emf": b"x"}), "inner"),
    "a picture of another kind in a document": (lambda: written({"word/media/image7.png": b"\0\0\0\x0cjP  "}), "inner"),
    "starts a program": (lambda: written(change=dde), "active"),
    "a picture in the code of a page": (lambda: portable(coded), "inner"),
    "half a picture in a pdf": (lambda: portable(cut_short), "inner"),
    "elsewhere in a pdf": (lambda: portable(fetching), "linked"),
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


# Where files tell of their makers: each place has a secret of its own, which is there before and not afterwards.


def secrets_in(kind: str, data: bytes) -> set[str]:
    """Return the secrets in a file, those in pictures within it too, in UTF-8 and UTF-16."""
    plain = bare(kind, data)
    return {found.decode() for found in re.findall(rb"SECRET-[a-z0-9]+", plain + b"\n" + plain.replace(b"\0", b""))}


def profiled() -> bytes:
    """Return a profile of colours that names a screen and its owner."""
    name = "SECRET-screen ".encode("utf-16-be")
    words = b"mluc" + bytes(4) + struct.pack(">II4sII", 1, 12, b"enUS", len(name), 28) + name
    white = b"XYZ " + bytes(4) + b"123456789012"
    tags = [(b"desc", words), (b"cprt", b"text" + bytes(4) + b"SECRET-rights\0"), (b"wtpt", white)]
    at, table, body = 132 + 12 * len(tags), b"", b""
    for name, data in tags:
        table += struct.pack(">4sII", name, at + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = struct.pack(">I32x4s", at + len(body), b"acsp") + bytes(88) + struct.pack(">I", len(tags))
    return head + table + body


def jpeg() -> bytes:
    """Return a JPEG with all that cameras and programs write into one."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SECRET-exif"
    Image.new("RGB", (40, 30), "red").save(out, "JPEG", exif=exif, icc_profile=profiled(), comment=b"SECRET-comment")
    rest = out.getvalue()[2:]
    told = ((0xE0, b"JFXX\0\x10SECRET-thumb"), (0xE1, b"http://ns.adobe.com/xap/1.0/\0SECRET-xmp"),
            (0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0bSECRET-iptc"), (0xE2, b"FPXR\0SECRET-fpxr"),
            (0xEF, b"SECRET-ext"))  # fmt: skip
    marks = b"".join(b"\xff%c%s%s" % (mark, struct.pack(">H", len(body) + 2), body) for mark, body in told)
    return b"\xff\xd8" + marks + rest + b"SECRET-after\xff\xd9"


def jpeg2000() -> bytes:
    """Return a JPEG 2000 with comments in its code, words and a profile in its boxes."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG2000", comment="SECRET-code", irreversible=False)
    data = out.getvalue()
    at = data.index(b"colr") - 4
    length = struct.unpack_from(">I", data, at)[0]
    colours = b"colr\2\0\0" + profiled()
    colours = struct.pack(">I", len(colours) + 4) + colours
    head = data.index(b"jp2h") - 4
    size = struct.unpack_from(">I", data, head)[0] + len(colours) - length
    data = data[:head] + struct.pack(">I", size) + data[head + 4 : at] + colours + data[at + length :]
    code = data.index(b"jp2c") - 4
    words = struct.pack(">I4s", 19, b"xml ") + b"SECRET-box "
    return data[:code] + words + bytes(4) + data[code + 4 :] + b"SECRET-tail"


def jbig2() -> bytes:
    page = struct.pack(">IBBBI", 0, 48, 0, 1, 19) + struct.pack(">IIIIBH", 8, 8, 0, 0, 0, 0)
    words = struct.pack(">I", 0x20000000) + b"Author\0SECRET-bits\0\0"
    return page + struct.pack(">IBBBI", 1, 62, 0, 1, len(words)) + words


def test_pictures_tell_nothing_wherever_they_could() -> None:
    found = {}
    text = PngImagePlugin.PngInfo()
    for key in ("Author", "Comment", "XML:com.adobe.xmp"):
        text.add_text(key, f"SECRET-{key[:3].lower()}")
    text.add_itxt("Title", "SECRET-itxt")
    seen = Image.new("RGBA", (9, 9), (1, 2, 3, 0))
    seen.putpixel((0, 0), (9, 9, 9, 255))
    out = io.BytesIO()
    seen.save(out, "PNG", pnginfo=text, icc_profile=profiled())
    found["png"] = out.getvalue() + b"SECRET-after"
    found["jpg"] = jpeg()
    webp = io.BytesIO()
    seen.save(webp, "WEBP", exif=b"Exif\0\0II*\0SECRET-exif", xmp=b"SECRET-xmp", icc_profile=profiled(), lossless=True)
    found["webp"] = webp.getvalue() + b"SECRET-after"
    for kind, many in (("png", 5), ("jpg", 10), ("webp", 5)):
        assert len(secrets_in(kind, found[kind])) >= many
        _kind, cleaned = clean(found[kind])
        assert secrets_in(kind, cleaned) == set()
        with Image.open(io.BytesIO(cleaned)) as shown:
            assert "icc_profile" not in shown.info
            if kind == "png":
                assert (shown.getpixel((0, 0)), shown.getpixel((5, 5))) == ((9, 9, 9, 255), (0, 0, 0, 0))


@pytest.mark.parametrize(("cut", "made", "many"), [(inside.jpeg, jpeg, 10), (inside.jpeg2000, jpeg2000, 5)])
def test_a_picture_in_another_file_keeps_its_dots(
    cut: Callable[[bytes], bytes], made: Callable[[], bytes], many: int
) -> None:
    data = made()
    assert len(secrets_in("x", data)) == many
    left = cut(data)
    assert secrets_in("x", left) == set()
    assert cut(left) == left
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(left)) as after:
        assert before.convert("RGB").tobytes() == after.convert("RGB").tobytes()
    for wrong in (b"", left[:2], b"\xff\xd8\xff", b"\xff\xd8junk!", left[:40], b"\xff\x4f\xff\x51\0"):
        with pytest.raises(Refused, match="inner"):
            inside.bare(cut, wrong)


def everywhere(pdf: pikepdf.Pdf) -> None:
    """Write a secret into each place of a PDF that a reader does not show."""
    name, page = pikepdf.Name, pdf.pages[0]
    made = pdf.make_indirect
    image: dict[str, Any] = {"Type": name.XObject, "Subtype": name.Image, "Width": 40, "Height": 30}
    image |= {"BitsPerComponent": 8, "ColorSpace": name.DeviceRGB}

    def stream(data: bytes, **more: Any) -> Any:
        one = pikepdf.Stream(pdf, data)
        for key, value in more.items():
            one[f"/{key}"] = value
        return made(one)

    held = page.Resources.XObject
    held.J = stream(jpeg2000(), Filter=name.JPXDecode, **image)
    held.B = stream(jbig2(), Filter=name.JBIG2Decode, DecodeParms=pikepdf.Dictionary(
        JBIG2Globals=stream(jbig2())), **image)  # fmt: skip
    held.D = stream(jpeg().hex().encode() + b">", Filter=pikepdf.Array([name.ASCIIHexDecode, name.DCTDecode]), **image)
    form: dict[str, Any] = {"Type": name.XObject, "Subtype": name.Form, "BBox": [0, 0, 1, 1]}
    held.F = stream(b"", OPI=pikepdf.Dictionary(F="SECRET-opi"), **form, **{"PTEX.FileName": "SECRET-tex"})
    page.Resources.ColorSpace = pikepdf.Dictionary(C=pikepdf.Array([name.ICCBased, stream(profiled(), N=3)]))
    page.PieceInfo = pikepdf.Dictionary(X=pikepdf.Dictionary(Private="SECRET-piece"))
    page.Thumb = stream(b"SECRET-small", Width=1, Height=1)
    page.Metadata = stream(b"SECRET-page", Type=name.Metadata, Subtype=name.XML)
    page.VP = pikepdf.Array([pikepdf.Dictionary(Measure=pikepdf.Dictionary(GPTS="SECRET-map"))])
    page.AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=name.JavaScript, JS="SECRET-page()"))
    hidden = pikepdf.Dictionary(Subtype=name.Widget, Rect=[0, 0, 0, 0], F=2, FT=name.Tx, T="h", V="SECRET-hidden")
    seen = pikepdf.Dictionary(Subtype=name.Widget, Rect=[0, 0, 9, 9], F=4, FT=name.Tx, T="s", V="what I wrote")
    by = pikepdf.Dictionary(Type=name.Sig, Name="SECRET-signer", Location="SECRET-where", ByteRange=[0, 1, 2, 3])
    signed = pikepdf.Dictionary(FT=name.Sig, Subtype=name.Widget, Rect=[0, 0, 0, 0], T="g", V=made(by))
    place = pikepdf.Dictionary(S=name.URI, URI="file:///home/SECRET-folder")
    file = pikepdf.Dictionary(Subtype=name.Link, Rect=[0, 0, 9, 9], A=place)
    for one in (hidden, seen, signed, file):
        page.Annots.append(made(one))
    root = pdf.Root
    root.AcroForm = pikepdf.Dictionary(Fields=page.Annots[-4:-1], XFA="SECRET-xfa")
    script = pikepdf.Dictionary(S=name.JavaScript, JS="SECRET-script")
    root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=["x", script]))
    root.URI = pikepdf.Dictionary(Base="file:///SECRET-base")
    use = {"/CreatorInfo": {"/Creator": "SECRET-creator"}, "/User": {"/Name": "SECRET-user"}}
    layer = pikepdf.Dictionary(Type=name.OCG, Name="layer", Usage=use)
    root.OCProperties = pikepdf.Dictionary(OCGs=[made(layer)])
    root.DSS = pikepdf.Dictionary(Certs=[stream(b"SECRET-dss")])
    root.SpiderInfo = pikepdf.Dictionary(V="SECRET-web")
    page.Contents = stream(b"/I Do % written by nobody")


def test_a_pdf_tells_nothing_wherever_it_could() -> None:
    data = portable(everywhere) + b"% SECRET-end"
    before = secrets_in("x", data) | secrets_in("pdf", data)
    assert len(before) >= 24, sorted(before)
    cleaned = clean(data)[1]
    assert secrets_in("pdf", cleaned) == secrets_in("x", cleaned) == set()
    with pikepdf.open(io.BytesIO(cleaned)) as pdf:
        form: Any = pdf.Root.AcroForm
        assert [str(field.get("/V", "")) for field in form.Fields] == ["", "what I wrote", ""]
        held: Any = pdf.pages[0].Resources.XObject
        assert pikepdf.PdfImage(held.D).as_pil_image().size == (40, 30)
        with Image.open(io.BytesIO(held.J.read_raw_bytes())) as shown:
            assert shown.size == (40, 30)
        assert len(held.B.read_raw_bytes()) == 30


def test_a_document_tells_nothing_wherever_it_could() -> None:
    gif, still = io.BytesIO(), Image.new("P", (9, 9))
    still.save(gif, "GIF", comment=b"SECRET-gif")
    extra = {
        "docProps/custom.xml": b"<x>SECRET-custom</x>",
        "docProps/thumbnail.wmf": b"SECRET-small",
        "docMetadata/LabelInfo.xml": b"<x>SECRET-tenant</x>",
        "customXml/item7.xml": b"<x>SECRET-item</x>",
        "_xmlsignatures/sig1.xml": b"<x>SECRET-signer</x>",
        "word/glossary/document.xml": b"<x>SECRET-block</x>",
        "word/people.xml": b"<x>SECRET-people</x>",
        "word/recipientData.xml": b"<x>SECRET-letter</x>",
        "word/printerSettings/printerSettings1.bin": b"SECRET-printer",
        "word/media/image7.gif": gif.getvalue() + b"SECRET-after",
        "word/media/image8.jpeg": jpeg(),
        "word/media/image9.svg": b"<svg>SECRET-svg</svg>",
    }
    body = (
        b"<!-- SECRET-note --><?x SECRET-order?>"
        b'<w:p w:rsidR="SECRET-rsid"><w:ins w:id="7" w:author="SECRET-change" w:date="SECRET-day">'
        b"<w:r><w:t>new</w:t></w:r></w:ins>"
        b'<w:r><w:instrText>INCLUDEPICTURE "C:\\Users\\SECRET-user\\a.png"</w:instrText></w:r></w:p>'
    )

    def told(name: str, data: bytes) -> bytes:
        if name == "word/document.xml":
            data = data.replace(b"<w:sectPr", body + b"<w:sectPr", 1)
            return data.replace(
                b'<pic:cNvPr id="0" name="', b'<pic:cNvPr id="0" descr="/home/SECRET-home/a" name="SECRET-file'
            )
        if name == "word/settings.xml":
            kept = b'<w:docVars><w:docVar w:name="x" w:val="SECRET-var"/></w:docVars><w:mailMerge w:x="SECRET-merge"/>'
            return data.replace(b"</w:settings>", kept + b"</w:settings>")
        return data

    data = written(extra, told)
    before = secrets_in("docx", data)
    assert len(before) >= 31, sorted(before)
    cleaned = clean(data)[1]
    assert secrets_in("docx", cleaned) == set()
    with zipfile.ZipFile(io.BytesIO(cleaned)) as packed:
        assert b"new</w:t>" in packed.read("word/document.xml")
        with Image.open(packed.open("word/media/image7.gif")) as shown:
            assert (shown.format, shown.size) == ("PNG", (9, 9))


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
