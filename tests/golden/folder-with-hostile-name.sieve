# This script was made by Sieve Manager.
require ["copy","fileinto","mailbox"]; # Sieve Manager
# rule:[Sieve Manager: forward (UTC)]
if allof (not header :is "X-Spam-Flag" "YES", not header :is "X-Spam" "Yes")
{
	redirect :copy "a@example.com";
	fileinto :create ":copy \"Quotes\" \\ ${hex:40} ✉";
	stop;
}
