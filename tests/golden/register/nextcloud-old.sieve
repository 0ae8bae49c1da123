### Nextcloud Mail: Vacation Responder ### DON'T EDIT ###
require ["date","relational","vacation"];
### Nextcloud Mail: Vacation Responder ### DON'T EDIT ###
require "copy";
redirect :copy "old@example.org";
