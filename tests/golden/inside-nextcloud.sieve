### Nextcloud Mail: Vacation Responder ### DON'T EDIT ###
require "date";
require "relational";
require "vacation";
### Nextcloud Mail: Vacation Responder ### DON'T EDIT ###
### Nextcloud Mail: Filters ### DON'T EDIT ###
require ["fileinto"];
### Nextcloud Mail: Filters ### DON'T EDIT ###
require ["copy","date","relational"]; # Sieve Manager
# rule:[Sieve Manager: forward (Europe/Zurich)]
if allof (not header :is "X-Spam-Flag" "YES", not header :is "X-Spam" "Yes", currentdate :zone "+0000" :value "le" "iso8601" "2027-01-31T22:59:59+00:00")
{
	redirect :copy "successor@example.com";
}

### Nextcloud Mail: Filters ### DON'T EDIT ###
# FILTER: [{"name":"Invoices","enable":true,"operator":"allof","tests":[{"operator":"contains","values":["invoice"],"field":"subject"}],"actions":[{"type":"fileinto","mailbox":"Invoices"}],"priority":10}]
# Invoices
if header :contains "Subject" ["invoice"] {
	fileinto "Invoices";
}
### Nextcloud Mail: Filters ### DON'T EDIT ###
### Nextcloud Mail: Vacation Responder ### DON'T EDIT ###
# DATA: {"version":1,"enabled":true,"start":"2027-01-01T00:00:00+00:00","subject":"Away","message":"I am away."}
if currentdate :value "ge" "iso8601" "2027-01-01T00:00:00Z" {
	if not anyof(exists "List-Id", exists "List-Unsubscribe") {
		vacation :days 4 :subject "Away" "I am away.";
	}
}
### Nextcloud Mail: Vacation Responder ### DON'T EDIT ###