# My rules. Do not touch! ✋
require ["fileinto", "duplicate"]; # both are needed

/* twice the same: once is enough */
if duplicate :header "X-Ticket" {
    discard;
    stop;
}
if header :contains "subject" "invoice" { fileinto "Invoices"; } # the books