require ["include"];
# rule:[Sieve Manager: forward (UTC)]
if true
{
	redirect "bruno@example.com";
}
# rule:[Sieve Manager: other filters]
if true
{
	include :personal "roundcube";
}
