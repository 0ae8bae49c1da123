# This script was made by Sieve Manager.

require ["copy","fileinto"];
# rule:[Sieve Manager: forward (UTC)]
if true
{
	redirect :copy "a@example.com";
	fileinto "Archive";
	stop;
}
