"""Text from people made safe to print in a mail, a header or a calendar. Pure."""

import re
import unicodedata

# Characters that turn the reading direction of everything after them: a name that holds one could
# show another name, another address or another time than the one that was written (Trojan Source).
_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_BREAKS = re.compile(r"\r\n|[\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
_BLANKS = re.compile(r"[ \t]+")
_MANY_LINES = re.compile(r"\n{3,}")
# What mail programs make into a link by themselves: a scheme, www., or two words with a dot between.
_LINK_LIKE = re.compile(r"(?<=[:])(?=//)|(?<=[^\W_])\.(?=[^\W\d_]{2,})|@")
_WORD_JOINER = "\u2060"


def clean_text(text: str) -> str:
    """The text with every line break written as ``\\n``, and without what no person can see.

    Control characters (NUL, VT, DEL, C1), lone surrogates, byte order marks and characters that turn
    the reading direction are dropped; a tab becomes a space; at most one line stays empty in a row.
    """
    if text.isprintable() and "  " not in text:
        return text.strip(" ")
    text = _BREAKS.sub("\n", text)
    kept = "".join(character for character in text if character in "\n\t" or _is_text(character))
    lines = [_BLANKS.sub(" ", line).strip(" ") for line in kept.split("\n")]
    return _MANY_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def clean_line(text: str) -> str:
    """As ``clean_text``, on one line: names, titles, subjects."""
    return " ".join(line for line in clean_text(text).split("\n") if line)


def unlinked(text: str) -> str:
    """The same to the eye, but no mail program makes a link of it.

    Somebody who registers as "Win at evil.example" must not make us send their link to other people
    (reliability B30). A WORD JOINER, which has no width, goes where a program would see an address.
    """
    return _LINK_LIKE.sub(lambda found: found.group() + _WORD_JOINER, text)


def ascii_domain(address: str) -> str:
    """An e-mail address with its domain in the letters that every mail server knows (IDNA 2008)."""
    local, at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    import idna  # a dependency of email-validator, slow to load and seldom needed

    try:
        return f"{local}{at}{idna.encode(domain, uts46=True).decode('ascii')}"
    except idna.IDNAError as error:
        raise ValueError("The part after the @ is not the name of a mail server.") from error


def _is_text(character: str) -> bool:
    if character in _TURNING or character in "\ufeff\ufffe\uffff":
        return False
    return unicodedata.category(character) not in ("Cc", "Cs")
