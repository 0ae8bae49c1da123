# This script was made by Sieve Manager.

require ["comparator-i;ascii-numeric","copy","relational","spamtest"];
# rule:[Sieve Manager: forward (UTC)]
if allof (not header :is "X-Spam-Flag" "YES", not header :is "X-Spam" "Yes", not spamtest :value "ge" :comparator "i;ascii-numeric" "10")
{
	redirect :copy "a@example.com";
}
