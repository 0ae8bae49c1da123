# rule:[Sieve Manager: forward (Europe/Zurich)]
if true
{
	redirect "bruno@example.net";
	stop;
}
