# perl perl.pl SITE USER PASSWORD NAME: posts, edits, uploads and reads comments with Debian's RPC::XML.
use strict;
use warnings;
use utf8;
use JSON::PP;
use RPC::XML;
use RPC::XML::Client;

$RPC::XML::ENCODING = 'utf-8';
my ($site, $user, $password, $name) = @ARGV;
my $client = RPC::XML::Client->new("$site/xmlrpc.php");
my @who = (1, $user, RPC::XML::string->new($password));

sub ask {
    my ($method, @given) = @_;
    my $answer = $client->send_request($method, @who, @given);
    die $answer unless ref $answer;
    die $answer->string if $answer->is_fault;
    return $answer->value;
}

my $bytes = join '', map { chr } 0 .. 255;
my $id = ask('wp.newPost', { post_title => 'A post', post_content => 'Grüße <b>&amp;</b> ]]>', post_status => 'publish' });
ask('wp.editPost', RPC::XML::int->new($id), { post_title => "Edited by $name" });
my $file = ask('wp.uploadFile', { name => "$name.txt", type => 'text/plain', bits => RPC::XML::base64->new($bytes) });
my $comments = ask('wp.getComments', { number => 10 });
my $post = ask('wp.getPost', RPC::XML::int->new($id));
my @authors = map { $_->{author} } @$comments;
print JSON::PP->new->ascii->encode(
    { title => $post->{post_title}, content => $post->{post_content}, url => $file->{url}, comments => \@authors });
