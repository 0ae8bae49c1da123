require ["copy"];
# rule:[Copy]
if true
{
	redirect :copy "a@example.net";
}
