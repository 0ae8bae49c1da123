require ["regex","copy"];
# rule:[Pattern]
if header :regex "subject" "^(a|b)"
{
	redirect :copy "a@example.net";
}
