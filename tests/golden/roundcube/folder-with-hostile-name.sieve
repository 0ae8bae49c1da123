# This script was made by Sieve Manager.

require ["copy","fileinto"];
# rule:[Sieve Manager: forward (UTC)]
if allof (not header :is "X-Spam-Flag" "YES", not header :is "X-Spam" "Yes")
{
	redirect :copy "a@example.com";
	fileinto ":copy \"Quotes\" \\ ${hex:40} ✉";
	stop;
}
