# My rules. Do not touch! ✋
require ["fileinto", "duplicate"]; # both are needed
require ["copy","date","relational"]; # Sieve Manager
# rule:[Sieve Manager: forward (Europe/Zurich)]
if allof (not header :is "X-Spam-Flag" "YES", not header :is "X-Spam" "Yes", currentdate :zone "+0000" :value "le" "iso8601" "2027-01-31T22:59:59+00:00")
{
	redirect :copy "successor@example.com";
}

/* twice the same: once is enough */
if duplicate :header "X-Ticket" {
    discard;
    stop;
}
if header :contains "subject" "invoice" { fileinto "Invoices"; } # the books