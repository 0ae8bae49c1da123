# This script was made by Sieve Manager.

require ["copy","date","relational"];
# rule:[Sieve Manager: forward (Africa/Cairo)]
if currentdate :zone "+0000" :value "ge" "iso8601" "2027-04-29T22:00:00+00:00"
{
	redirect :copy "a@example.com";
}
