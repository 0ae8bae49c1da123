# This script was made by Sieve Manager.

require ["date","relational"];
# rule:[Sieve Manager: forward (Europe/Zurich)]
if allof (not header :is "X-Spam-Flag" "YES", not header :is "X-Spam" "Yes", currentdate :zone "+0000" :value "ge" "iso8601" "2027-03-27T23:00:00+00:00", currentdate :zone "+0000" :value "le" "iso8601" "2027-10-31T22:59:59+00:00")
{
	redirect "a@example.com";
	redirect "b@example.org";
	stop;
}
