require ["copy"];
# rule:[Sort]
if header :is "subject" "a"
{
	redirect :copy "a@example.net";
}
elsif header :is "subject" "b"
{
	redirect "b@example.net";
}
else
{
	redirect "c@example.net";
	keep;
}
