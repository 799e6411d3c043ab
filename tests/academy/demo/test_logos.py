"""Logos are pictures that our own rules accept, each with words for who does not see it."""

import struct
import zlib

from academy.demo import logos
from academy.demo.organisations import PARTNERS
from academy.programmes.rules import logo_type


def test_every_partner_has_a_picture_of_its_own_and_words_for_it():
    drawn = [logos.logo(number) for number in range(len(PARTNERS))]

    assert len(PARTNERS) == len(set(PARTNERS)) == len(set(drawn)) == 54
    assert {logo_type(each) for each in drawn} == {"image/png"}
    assert logos.alt("Larkbridge Systems", 0) == "Larkbridge Systems: a ring"


def test_the_octets_are_a_whole_png():
    content = logos.logo(7)
    chunks, at = {}, 8
    while at < len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        body = content[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack(">I", content[at + 8 + length : at + 12 + length])
        assert checksum == zlib.crc32(kind + body)
        chunks[kind] = body
        at += 12 + length

    assert list(chunks) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    pixels = zlib.decompress(chunks[b"IDAT"])
    assert len(pixels) == logos.SIZE * (logos.SIZE + 1)
    assert max(pixels) * 3 < len(chunks[b"PLTE"])  # every pixel has a colour
    assert chunks[b"PLTE"][:3] == b"\xff\xff\xff"
