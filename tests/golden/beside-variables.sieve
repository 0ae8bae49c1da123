# This script was made by Sieve Manager.
require ["copy","fileinto","include","mailbox"]; # Sieve Manager
# rule:[Sieve Manager: forward (Europe/Zurich)]
if allof (not header :is "X-Spam-Flag" "YES", not header :is "X-Spam" "Yes")
{
	redirect :copy "successor@example.com";
	fileinto :create "Post ${old}";
	stop;
}
# rule:[Sieve Manager: other filters]
if true
{
	include :optional :personal "variables";
}
