# This script was made by Sieve Manager.

# rule:[Sieve Manager: forward (UTC)]
if false # true
{
	redirect "a@example.com";
	stop;
}
