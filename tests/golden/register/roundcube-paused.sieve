require ["copy"];
# rule:[Holiday [2026]]
if false # anyof (header :contains "from" "boss", size :over 100K)
{
	redirect :copy "a@example.net";
}
