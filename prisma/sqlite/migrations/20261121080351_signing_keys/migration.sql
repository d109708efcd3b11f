-- CreateTable
CREATE TABLE "signing_keys" (
    "kid" TEXT NOT NULL PRIMARY KEY,
    "algorithm" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "follows" TEXT NOT NULL,
    "created_at" DATETIME NOT NULL,
    "signs_from" DATETIME NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "signing_keys_follows_key" ON "signing_keys"("follows");
