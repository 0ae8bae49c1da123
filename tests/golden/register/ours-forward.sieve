require ["copy"];
# rule:[Sieve Manager: forward (Europe/Zurich)]
if allof (not header :is "X-Spam-Flag" "YES", not header :is "X-Spam" "Yes")
{
	redirect :copy "bruno@example.com";
}
