require ["copy","date","fileinto","imap4flags","relational"];
# rule:[Sieve Manager: forward (Europe/Zurich)]
if allof (not header :is "X-Spam-Flag" "YES", not header :is "X-Spam" "Yes", currentdate :zone "+0000" :value "le" "iso8601" "2027-01-31T22:59:59+00:00")
{
	redirect :copy "successor@example.com";
}
# rule:[Invoices]
if header :contains "subject" ["invoice","bill"]
{
	fileinto "Invoices";
	addflag "\\Flagged";
}
# rule:[Newsletters [old]]
if false # anyof (header :contains "from" "news@", exists "list-id")
{
	fileinto "Junk";
	stop;
}
# rule:[Books]
if address :is "to" "books@example.com"
{
	redirect :copy "books@example.org";
}
