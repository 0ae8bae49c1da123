# rule:[Sieve Manager: forward (UTC)]
if header :contains "subject" "x"
{
	redirect "bruno@example.net";
	keep;
}
