require ["copy","date","relational"];
# rule:[Sieve Manager: forward (Europe/Zurich)]
if allof (currentdate :zone "+0000" :value "ge" "iso8601" "2027-01-31T23:00:00+00:00", currentdate :zone "+0000" :value "le" "iso8601" "2027-02-28T22:59:59+00:00")
{
	redirect :copy "bruno@example.com";
	redirect :copy "b@example.org";
}
