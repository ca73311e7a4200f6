"""What is wrong with a text that is no YAML: the parser's complaint, and what to try."""

import re

# What PyYAML's complaint has in it → what a person can do about it.
_REMEDIES = (
    (r"'\\t'", "a tab stands there", "Write blanks instead of the tab: YAML takes no tabs at the beginning of a line."),
    (r"mapping values are not allowed", "there is one ':' too many, or a line stands too far to the right",
     "Put a text with ': ' in it in quotes; keys of the same level begin in the same column."),
    (r"could not find expected ':'", "a line has no ':' behind its key", "Write KEY: value, with a blank between."),
    (r"found undefined alias", "an alias (*NAME) names no anchor (&NAME) above it",
     "Put a value that begins with * in quotes."),
    (r"unexpected end of stream|while scanning a quoted scalar", "a quotation mark is not closed",
     "Close the quotation mark in its own line."),
    (r"expected ',' or|expected the node content", "a bracket is not closed, or a value is missing",
     "Close each [ and { in the list; put a text that begins with a bracket in quotes."),
    (r"expected <block end>", "a line stands in another column than its neighbours, or something stands behind a value",
     "Keys of the same level begin in the same column; put a value with quotation marks inside in quotes as a whole."),
    (r"cannot start any token", "a value begins with a sign that YAML keeps for itself (% @ `)",
     "Put the value in quotes."),
    (r"could not determine a constructor", "tags such as !Ref, !Sub or !!python stand there, which Kiln does not know",
     "Write the value itself."),
    (r"expected a single document|another document", "a second document begins there (---)",
     "Write one definition per file, and only one line of ---."),
    (r"unhashable key|not a valid key", "a key is a list or has keys of its own",
     'Put a text that begins with {{ or [ in quotes; Kiln fills in no templates: write the value itself.'),
    (r"for merging", "<<: must name an anchor with keys (<<: *NAME)", "Write the keys themselves, or an alias."),
    (r"duplicate anchor|second occurrence", "an anchor (&NAME) stands there twice", "Give them different names."),
    (r"codec can't decode|special characters|unacceptable character", "it is not UTF-8 text",
     "Save the file as UTF-8, without signs that cannot be printed."),
)  # fmt: skip


def explain(error: Exception) -> tuple[str, str]:
    """Say why a text is no YAML, and what to try; what is Kiln's own refusal stays as it is."""
    complaint = str(getattr(error, "problem", None) or error or "nested too deeply")
    context = str(getattr(error, "context", None) or "")
    for pattern, why, hint in _REMEDIES:
        if re.search(pattern, f"{context}: {complaint}"):
            return why, hint
    return complaint, ""
