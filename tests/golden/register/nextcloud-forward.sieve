### Nextcloud Mail: Filters ### DON'T EDIT ###
require ["copy"];
### Nextcloud Mail: Filters ### DON'T EDIT ###
### Nextcloud Mail: Filters ### DON'T EDIT ###
# FILTER: [{"name":"To home"}]
# To home
if header :contains "Subject" ["invoice"] {
	redirect :copy "home@example.net";
}
### Nextcloud Mail: Filters ### DON'T EDIT ###
