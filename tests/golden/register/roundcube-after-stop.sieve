require ["fileinto"];
# rule:[Spam]
if header :contains "X-Spam-Status" "Yes"
{
	fileinto "Junk";
	stop;
}
# rule:[All]
if true
{
	redirect "a@example.net";
}
