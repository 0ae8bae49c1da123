require ["copy","fileinto"];
# rule:[Sieve Manager: forward (Europe/Zurich)]
if true
{
	redirect :copy "bruno@example.net";
}
# rule:[Books]
if header :contains "subject" ["invoice","bill"]
{
	redirect "books@example.org";
	stop;
}
