# This script was made by Sieve Manager.

require ["copy","date","fileinto","relational"];
# rule:[Sieve Manager: forward (Asia/Tokyo)]
if false # allof (not header :is "X-Spam-Flag" "YES", not header :is "X-Spam" "Yes", currentdate :zone "+0000" :value "le" "iso8601" "2027-01-31T14:59:59+00:00")
{
	redirect :copy "a@example.com";
	fileinto "Archive/2027";
	stop;
}
