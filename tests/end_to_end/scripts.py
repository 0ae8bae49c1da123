"""What owners may have had before: nothing, Roundcube's filters, a script by hand."""

ROUNDCUBE = (
    b'require ["fileinto"];\r\n'
    b"# rule:[Invoices]\r\n"
    b'if header :contains "subject" "invoice"\r\n'
    b"{\r\n"
    b'\tfileinto "Archive";\r\n'
    b"}\r\n"
    b"# rule:[Old newsletters]\r\n"
    b'if false # header :contains "from" "news@"\r\n'
    b"{\r\n"
    b'\tfileinto "Junk";\r\n'
    b"}\r\n"
)

# `duplicate` is an extension that sievelib does not know; no line break at the end.
BY_HAND = b"""\
# My rules. Do not touch! \xe2\x9c\x8b
require ["fileinto", "duplicate"]; # both are needed

/* twice the same: once is enough */
if duplicate :header "X-Ticket" {
    discard;
    stop;
}
if header :contains "subject" "invoice" { fileinto "Archive"; } # the books"""
