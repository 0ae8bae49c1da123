# This script was made by Sieve Manager.

require ["copy","fileinto"];
# rule:[Sieve Manager: forward, Trash: INBOX/Papierkorb (Europe/Berlin)]
if allof (not header :is "X-Spam-Flag" "YES", not header :is "X-Spam" "Yes")
{
	redirect :copy "a@example.com";
	fileinto "INBOX/Papierkorb";
	stop;
}
