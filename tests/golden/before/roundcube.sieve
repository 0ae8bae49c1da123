require ["copy","fileinto","imap4flags"];
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
