require ["date","relational"];
# rule:[January]
if allof (currentdate :value "ge" "date" "2027-01-01", currentdate :value "le" "date" "2027-01-31")
{
	redirect "a@example.net";
	stop;
}
