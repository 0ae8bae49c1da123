# This script was made by Sieve Manager.

require ["copy","imap4flags"];
# rule:[Sieve Manager: forward (America/St_Johns)]
if true
{
	redirect :copy "a@example.com";
	redirect :copy "b+lists@example.org";
	redirect :copy "o'brien@xn--bcher-kva.example.net";
	addflag "\\Seen";
}
