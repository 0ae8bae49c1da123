require ["copy"];
# rule:[Either]
if anyof (header :contains "from" "boss", exists "list-id", not header :is "subject" "x")
{
	redirect :copy "a@example.com";
}
