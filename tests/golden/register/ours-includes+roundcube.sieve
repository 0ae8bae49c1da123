require ["copy"];
# rule:[Private]
if address :is "from" "mother@example.org"
{
	redirect :copy "me@example.net";
}
