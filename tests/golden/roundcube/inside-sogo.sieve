require ["copy","date","fileinto","relational"];
# rule:[Sieve Manager: forward (Europe/Zurich)]
if allof (not header :is "X-Spam-Flag" "YES", not header :is "X-Spam" "Yes", currentdate :zone "+0000" :value "le" "iso8601" "2027-01-31T22:59:59+00:00")
{
	redirect :copy "successor@example.com";
}
if allof (header :contains "subject" "invoice")
{
	fileinto "Invoices";
	stop;
}
redirect :copy "me@example.org";
